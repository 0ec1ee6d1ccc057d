/** Turns typed text into words that a vocabulary may contain. */

/** Lower case, composed Unicode, underscores and runs of white space replaced by one space. */
export function foldPhrase(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/[\s_]+/g, " ")
    .trim();
}

/** "crème" → "creme", as spelt in the corpus of the word vectors. */
export function withoutAccents(word: string): string {
  return word.normalize("NFD").replace(/\p{Mn}/gu, "");
}

/** Irregular plurals of things that photos show; `singulars` has rules for the rest. */
const IRREGULAR: Record<string, string> = {
  men: "man",
  women: "woman",
  children: "child",
  people: "person",
  feet: "foot",
  teeth: "tooth",
  geese: "goose",
  mice: "mouse",
  lice: "louse",
  oxen: "ox",
  dice: "die",
  cacti: "cactus",
  fungi: "fungus",
  octopi: "octopus",
  hippopotami: "hippopotamus",
  leaves: "leaf",
  loaves: "loaf",
  wolves: "wolf",
  knives: "knife",
  wives: "wife",
  lives: "life",
  shelves: "shelf",
  calves: "calf",
  halves: "half",
  scarves: "scarf",
  hooves: "hoof",
  elves: "elf",
  thieves: "thief",
  wharves: "wharf",
  bacteria: "bacterium",
};

/** Possible singulars of a word, the most probable first; empty if it does not look like a plural. */
export function singulars(word: string): string[] {
  const irregular = IRREGULAR[word];
  if (irregular !== undefined) return [irregular];
  const compound = /^(.+)(men|women|children|feet|mice|geese|leaves|knives|shelves|wolves)$/.exec(word);
  if (compound) return [compound[1] + IRREGULAR[compound[2]]];
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return [];
  if (word.endsWith("ies")) return [word.slice(0, -3) + "y", word.slice(0, -1)];
  if (/(ches|shes|sses|xes|zes|oes)$/.test(word)) return [word.slice(0, -2), word.slice(0, -1)];
  if (word.endsWith("ses")) return [word.slice(0, -1), word.slice(0, -2)];
  return [word.slice(0, -1)];
}

/** Words that join a noun to what follows; the noun before them is the head. */
const JOINTS = new Set(["of", "in", "on", "at", "for", "from", "with", "to", "de", "la", "du"]);

/** Index of a phrase's head noun: "school **bus**", "**bird** of prey". */
export function headNounOf(words: string[]): number {
  const joint = words.findIndex((word, i) => i > 0 && JOINTS.has(word));
  return joint > 0 ? joint - 1 : words.length - 1;
}
