import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { askForAnswers, usualAnswers } from "../../src-main/cli/ask-for-answers";
import type { InspectedPack } from "../../src-shared/contract";

const INSPECTED: InspectedPack = {
  kind: "classifier",
  what: "a classifier with 3 classes",
  name: "net",
  size: null,
  classes: 3,
  questions: [
    { answer: "size", usual: "224" },
    { answer: "resize", usual: null },
    { answer: "mean", usual: "0.485,0.456,0.406" },
    { answer: "labels", usual: null },
  ],
};

async function answered(lines: string[], given = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(lines.map((line) => `${line}\n`).join(""));
  const asked = text(output);
  const answers = await askForAnswers(INSPECTED, given, { input, output }).finally(() => output.end());
  return { answers, asked: await asked };
}

test("an empty line takes the usual answer, and one that can't be read is asked for again", async () => {
  const { answers, asked } = await answered(["192", "", "1, 2", "0.1 0.2 0.3", "", "mine.txt"]);
  expect(answers).toEqual({ size: 192, resize: 219, mean: [0.1, 0.2, 0.3], labels: "mine.txt" });
  expect(asked).toBe(
    "Side of the input in pixels [224]: Scale the short side of photos to (pixels) [219]: " +
      "Mean of the pixels (red, green, blue; 0 to 1) [0.485,0.456,0.406]: " +
      "It must be three numbers, for red, green and blue: 0.485,0.456,0.406\n" +
      "Mean of the pixels (red, green, blue; 0 to 1) [0.485,0.456,0.406]: " +
      "Names of the classes (imagenet-1k, coco or a file): Names of the classes (imagenet-1k, coco or a file): ",
  );
});

test("what options give is not asked for", async () => {
  const given = { size: 64, resize: 64, mean: [0, 0, 0] as [number, number, number] };
  const { answers, asked } = await answered(["a.txt"], given);
  expect(answers).toEqual({ ...given, labels: "a.txt" });
  expect(asked).toBe("Names of the classes (imagenet-1k, coco or a file): ");
});

test("the end of the input cancels", async () => {
  await expect(answered(["192"])).rejects.toMatchObject({ code: "cancelled" });
});

test("usual answers leave open what has none", () => {
  expect(usualAnswers(INSPECTED, {})).toEqual({ size: 224, resize: 256, mean: [0.485, 0.456, 0.406] });
});
