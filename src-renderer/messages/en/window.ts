/** What is around the views: the window itself, its notifications, controls that views share, and its connection. */
export const window = {
  "window.name": "Semblance",
  "window.title": "{library} – Semblance",
  "window.overlays": "Menus and tooltips",
  "window.notifications": "Notifications",
  "window.drop": "Drop a folder to open it",
  "window.dropWithoutPath": "Browsers don’t share the path of a dropped folder. Choose it here instead.",

  "theme.title": "Theme",
  "theme.system": "System",
  "theme.light": "Light",
  "theme.dark": "Dark",

  "connection.lost":
    "<strong>Semblance isn’t responding.</strong> Your work is saved. If you closed the program, start it again.",
  "connection.noAnswer": "Semblance isn’t responding. Is it still running?",
  "connection.expired": "This address has expired. Open the one that Semblance printed.",
  "connection.badStatus": "Semblance answered “{call}” with status {status}.",

  "path.file": "File",
  "path.folder": "Folder",

  "picker.newLabel": "new label",
  "picker.similarMeaning": "similar meaning",

  "colour.red": "Red",
  "colour.orange": "Orange",
  "colour.yellow": "Yellow",
  "colour.green": "Green",
  "colour.teal": "Teal",
  "colour.blue": "Blue",
  "colour.violet": "Violet",
  "colour.pink": "Pink",
} as const;
