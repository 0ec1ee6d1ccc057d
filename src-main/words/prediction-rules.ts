/**
 * Labels that built-in sets never predict: kinds of person beyond a short neutral list, and offensive names. All remain
 * searchable and can be assigned by hand.
 */
import type { LabelId } from "../../src-shared/contract";
import { FILES, type WordNet } from "./wordnet";

/** Kinds of person that a built-in set may predict: what anyone can see, and what somebody is seen doing. */
const NEUTRAL_PEOPLE = new Set([
  "person",
  "child",
  "baby",
  "man",
  "woman",
  "boy",
  "girl",
  "crowd",
  "audience",
  "family",
  "team",
  "band",
  "orchestra",
  "choir",
  "musician",
  "singer",
  "dancer",
  "athlete",
  "runner",
  "swimmer",
  "cyclist",
  "skier",
  "surfer",
  "scuba diver",
  "bride",
  "groom",
  "ballplayer",
  "baseball player",
  "couple",
  "people",
  "group",
  "player",
]);

/** Some of these names have other senses ("cock", a rooster), which are displayed under another name or not at all. */
const OFFENSIVE = new Set([
  "ass",
  "arse",
  "bastard",
  "bitch",
  "boob",
  "booby",
  "bollock",
  "bum",
  "chink",
  "clit",
  "cock",
  "coolie",
  "coon",
  "cooter",
  "crap",
  "cum",
  "cunt",
  "dago",
  "darky",
  "dick",
  "dickhead",
  "dike",
  "dildo",
  "dyke",
  "fag",
  "faggot",
  "fairy",
  "fanny",
  "fart",
  "fuck",
  "gimp",
  "gook",
  "goy",
  "gypsy",
  "half-breed",
  "heathen",
  "homo",
  "honky",
  "hooker",
  "hooters",
  "hottentot",
  "jap",
  "jerk",
  "kaffir",
  "kike",
  "knocker",
  "kraut",
  "lesbian",
  "midget",
  "mongol",
  "mongoloid",
  "mulatto",
  "negro",
  "nigger",
  "niggerhead",
  "nipple",
  "oriental",
  "paki",
  "pansy",
  "papoose",
  "penis",
  "pickaninny",
  "piss",
  "pussy",
  "queer",
  "raghead",
  "redskin",
  "savage",
  "scrotum",
  "shag",
  "shit",
  "shithead",
  "skank",
  "slut",
  "sodomite",
  "spade",
  "spaz",
  "spic",
  "squaw",
  "tart",
  "testicle",
  "tit",
  "titty",
  "tranny",
  "turd",
  "twat",
  "vagina",
  "wank",
  "wench",
  "wetback",
  "whore",
  "wog",
  "wop",
  "yid",
  "negress",
  "jewess",
  "moor",
  "pygmy",
  "eskimo",
  "injun",
  "nigra",
  "queen",
]);

/**
 * Roots of what must never be predicted about anyone: kinds of person and of people, and languages, which share their
 * names with nations.
 */
const PERSON: LabelId = "wn:00007846";
const SOCIAL_GROUP: LabelId = "wn:07967506";
const PEOPLE: LabelId = "wn:07958392";
const NATURAL_LANGUAGE: LabelId = "wn:06916947";

export const isOffensive = (name: string): boolean => OFFENSIVE.has(name.toLowerCase());

/** Whether built-in label sets may predict a synset under this name. */
export function isPredictable(id: LabelId, name: string, wordnet: WordNet): boolean {
  if (isOffensive(name)) return false;
  if (NEUTRAL_PEOPLE.has(name.toLowerCase())) return true;
  const synset = wordnet.synset(id);
  if (synset === null) return true;
  if (synset.file === FILES.person) return false;
  return ![PERSON, SOCIAL_GROUP, PEOPLE, NATURAL_LANGUAGE].some((root) => wordnet.isA(id, root));
}
