/** Events: naming, dividing and merging them, and the time line beside the grid. */
export const events = {
  "event.nameTitle": "Name event",
  "event.name": "Name",
  "event.example": "Lisbon, May 2024",
  "event.hint":
    "{count, plural, one {Labels the photo of {days}} other {Labels all # photos of {days}}} with this name.",
  "event.label": "Label photos",
  "event.named": "{count, plural, one {Labelled # photo “{name}”} other {Labelled # photos “{name}”}}",
  "event.divided": "Event divided",
  "event.merged": "Events merged",
  "event.choosePhoto": "Select a photo of the event first.",
  "event.nameThis": "Name “{title}”",

  "keys.group.events": "Events",
  "keys.nameEvent": "Name event…",
  "keys.nameEvent.also": "trip holiday occasion label",
  "keys.divideEvent": "Begin a new event with this photo",
  "keys.divideEvent.also": "cut split divide",
  "keys.mergeEvents": "Merge event with the one before",
  "keys.mergeEvents.also": "join previous",

  "timeLine.name": "Time line",
  "timeLine.at": "{day}, {count, plural, one {# photo} other {# photos}}",
} as const;
