import { createInterface } from "node:readline/promises";
import { InvalidArgumentError } from "commander";
import type { InspectedPack, PackAnswers, PackQuestion } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { usualShortSide } from "../features/packs/inspect-pack";
import { count, threeNumbers } from "./option-values";

type Asked = PackQuestion["answer"];

const QUESTIONS: Record<Asked, string> = {
  size: "Side of the input in pixels",
  resize: "Scale the short side of photos to (pixels)",
  mean: "Mean of the pixels (red, green, blue; 0 to 1)",
  std: "Their standard deviation",
  labels: "Names of the classes (imagenet-1k, coco or a file)",
  to: "Pack to add the detector to",
};

/** What a person typed. @throws InvalidArgumentError with what it must be */
const READERS: { [Answer in Asked]: (text: string) => PackAnswers[Answer] } = {
  size: count,
  resize: count,
  mean: threeNumbers,
  std: threeNumbers,
  labels: (text) => text,
  to: (text) => text,
};

/**
 * Asks for what a network doesn't say and no option gives. An empty line takes the usual answer; a question is asked
 * again until the answer can be read.
 * @throws Refusal `cancelled` when the input ends
 */
export async function askForAnswers(
  { questions }: InspectedPack,
  given: PackAnswers,
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<PackAnswers> {
  const open = questions.filter(({ answer }) => given[answer] === undefined);
  if (open.length === 0) return given;
  const terminal = createInterface({ ...streams, terminal: false });
  const lines = terminal[Symbol.asyncIterator]();
  let answers = given;
  try {
    for (const question of open) {
      for (let known = false; !known;) {
        const usual = usualOf(question, answers);
        streams.output.write(`${QUESTIONS[question.answer]}${usual === null ? "" : ` [${usual}]`}: `);
        const line = await lines.next();
        if (line.done) throw new Refusal("cancelled", "Cancelled. Nothing was written.");
        const text = line.value.trim() || usual;
        if (text === null) continue;
        try {
          answers = { ...answers, [question.answer]: READERS[question.answer](text) };
          known = true;
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
          streams.output.write(`${error.message}\n`);
        }
      }
    }
  } finally {
    terminal.close();
  }
  return answers;
}

/** The answers, and the usual ones for what they leave open. */
export function usualAnswers({ questions }: InspectedPack, given: PackAnswers): PackAnswers {
  let answers = given;
  for (const question of questions) {
    const usual = usualOf(question, answers);
    if (answers[question.answer] === undefined && usual !== null)
      answers = { ...answers, [question.answer]: READERS[question.answer](usual) };
  }
  return answers;
}

/** The usual short side follows from the size, which may just have been answered. */
const usualOf = ({ answer, usual }: PackQuestion, { size }: PackAnswers): string | null =>
  answer === "resize" && usual === null && size !== undefined ? String(usualShortSide(size)) : usual;
