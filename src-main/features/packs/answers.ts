import type { InspectedPack, PackAnswers } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";

const both = new Intl.ListFormat("en-GB", { type: "conjunction" });

/**
 * Refuses answers that are missing, and those that contradict a network or say nothing about it.
 * @throws Refusal `bad-setting` with the options
 */
export function refuseAnswers(path: string, inspected: InspectedPack, answers: PackAnswers): void {
  const { kind, what, size, questions } = inspected;
  const refuse = (reason: string) => new Refusal("bad-setting", reason);
  if (answers.kind !== undefined && answers.kind !== kind)
    throw refuse(`${path} is ${kind === "pack" ? "a pack" : what}, not ${NAMES[answers.kind]}. Leave out --kind.`);
  if (answers.size !== undefined && size && size.some((side) => side !== answers.size))
    throw refuse(`${path} takes ${size.join(" × ")} pixels, not ${answers.size}. Leave out --size.`);
  const asked = new Set<string>(questions.map(({ answer }) => answer));
  const useless = OPTIONAL.filter((option) => answers[option] !== undefined && !asked.has(option));
  if (useless.length > 0)
    throw refuse(`${path} needs no ${optionsOf(useless)}. Leave ${useless.length > 1 ? "them" : "it"} out.`);
  const missing = questions.map(({ answer }) => answer).filter((answer) => answers[answer] === undefined);
  if (missing.length > 0) throw refuse(`${path} doesn’t say all that a pack needs. Give ${optionsOf(missing)}.`);
}

const NAMES = { classifier: "a classifier", objects: "a detector" };
/** Answers that only some networks need. A size that is known may be repeated. */
const OPTIONAL = ["resize", "mean", "std", "labels", "to"] as const;

const optionsOf = (answers: readonly (keyof PackAnswers)[]): string => both.format(answers.map((each) => `--${each}`));
