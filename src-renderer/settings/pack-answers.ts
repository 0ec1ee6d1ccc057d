import type { InspectedPack, PackAnswers, PackQuestion } from "../../src-shared/contract";

/** What is typed into the form, by question. */
export type TypedAnswers = Partial<Record<PackQuestion["answer"], string>>;

/** The short side of a photo that most classifiers of 224 pixels are tested with. */
const USUAL_SHORT_SIDE = "256";

/** Questions about numbers, and what their fields accept. */
export const PATTERNS: Partial<Record<PackQuestion["answer"], string>> = {
  size: String.raw`\d+`,
  resize: String.raw`\d+`,
  mean: String.raw`\s*-?[\d.]+(\s*,\s*-?[\d.]+){2}\s*`,
  std: String.raw`\s*[\d.]+(\s*,\s*[\d.]+){2}\s*`,
};

/** The form's fields with the usual answers in them. */
export const usualTyped = ({ questions }: InspectedPack): TypedAnswers =>
  Object.fromEntries(
    questions.map(({ answer, usual }) => [answer, usual ?? (answer === "resize" ? USUAL_SHORT_SIDE : "")]),
  );

/** @param typed fields that match `PATTERNS` */
export function answersFrom(typed: TypedAnswers, name: string, licence: string): PackAnswers {
  const { size, resize, mean, std, labels, to } = typed;
  return {
    name: name.trim(),
    ...(licence.trim() === "" ? {} : { licence: licence.trim() }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(resize === undefined ? {} : { resize: Number(resize) }),
    ...(mean === undefined ? {} : { mean: channels(mean) }),
    ...(std === undefined ? {} : { std: channels(std) }),
    ...(labels === undefined ? {} : { labels: labels.trim() }),
    ...(to === undefined ? {} : { to: to.trim() }),
  };
}

function channels(text: string): [number, number, number] {
  const [red = NaN, green = NaN, blue = NaN] = text.split(",").map(Number);
  return [red, green, blue];
}
