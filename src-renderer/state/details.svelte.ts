import { SvelteMap } from "svelte/reactivity";
import type { LabelId, PhotoDetails, PhotoId, PhotoLabel, Verdict } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

/** A verdict on its way to the engine. */
export interface Given {
  photos: ReadonlySet<PhotoId>;
  label: LabelId;
  name: string;
  parent: string | null;
  verdict: Verdict;
}

interface Card {
  details: PhotoDetails;
  /** Labels in the order they were first shown: they keep their places, and number keys, during review. */
  order: LabelId[];
  /** Confidences of labels from before they were accepted. */
  scores: ReadonlyMap<LabelId, number>;
  /** Labels that are guesses until they get a verdict. */
  guessed: ReadonlySet<LabelId>;
}

/** Photos passed by fast keys may still get verdicts when the last of them is shown. */
const KEPT = 512;

/**
 * Details of photos, overlaid with verdicts that the engine has not confirmed yet, so that a key shows its effect at
 * once.
 */
export class Details {
  #cards = new SvelteMap<PhotoId, Card>();
  /** Photos whose details are out of date, though still shown. */
  #stale = new Set<PhotoId>();
  #loading = new Map<PhotoId, { again: boolean; done: Promise<void> }>();
  #given: Given[] = [];

  constructor(private readonly connection: Connection) {}

  get(photo: PhotoId): PhotoDetails | null {
    return this.#cards.get(photo)?.details ?? null;
  }

  /** The photo's labels in the order of the list and the number keys, with or without guesses. */
  listed(photo: PhotoId, withGuesses: boolean): PhotoLabel[] {
    const card = this.#cards.get(photo);
    if (!card) return [];
    const {
      details: { labels, guesses },
      order,
    } = card;
    return withGuesses ? inPlace([...labels, ...guesses], order) : labels;
  }

  /** The details are up to date. */
  isSure(photo: PhotoId): boolean {
    return this.#cards.has(photo) && !this.#stale.has(photo);
  }

  /** The details are known or requested. */
  isAsked(photo: PhotoId): boolean {
    return this.isSure(photo) || this.#loading.has(photo);
  }

  /**
   * Fetches a photo; an answer that was overtaken by a verdict or a change is requested again.
   * @throws what the call throws
   */
  load(photo: PhotoId): Promise<void> {
    return this.#loading.get(photo)?.done ?? this.#begin(photo);
  }

  /** Fetches photos that may be needed soon. Errors are reported when the photo itself is needed. */
  prefetch(photos: PhotoId[]) {
    const missing = photos.filter((photo) => !this.isAsked(photo));
    if (missing.length === 0) return;
    const answer = this.connection.api.photosDetails({ photos: missing });
    for (const photo of missing)
      this.#begin(
        photo,
        answer.then((all) => all.find((one) => one.photo === photo)),
      ).catch(() => undefined);
  }

  /** @param asked the pending answer, if the photo was requested with others */
  #begin(photo: PhotoId, asked?: Promise<PhotoDetails | undefined>): Promise<void> {
    const loading = { again: false, done: Promise.resolve() };
    this.#loading.set(photo, loading);
    loading.done = this.#ask(photo, loading, asked).finally(() => this.#loading.delete(photo));
    return loading.done;
  }

  /** Shows a verdict before the engine has confirmed it. */
  lay(given: Given) {
    this.#given.push(given);
    for (const [photo, card] of this.#cards)
      if (given.photos.has(photo)) this.#cards.set(photo, this.#with(card, given));
  }

  /** The engine has confirmed a verdict, or refused it: then what was shown is wrong. */
  settle(given: Given, taken: boolean) {
    this.#given = this.#given.filter((one) => one !== given);
    for (const [photo, loading] of this.#loading) if (given.photos.has(photo)) loading.again = true;
    if (!taken) for (const photo of this.#cards.keys()) if (given.photos.has(photo)) this.#stale.add(photo);
  }

  /** Photos changed, null for any: those off screen are forgotten, the current one stays until it is fetched again. */
  changed(photos: PhotoId[] | null, onScreen: PhotoId | null) {
    for (const photo of photos ?? [...this.#cards.keys(), ...this.#loading.keys()]) {
      const loading = this.#loading.get(photo);
      if (loading) loading.again = true;
      else if (photo !== onScreen) this.#forget(photo);
    }
  }

  /** Verdicts were undone or redone: any photo must be fetched again before keys refer to its labels. */
  invalidate(onScreen: PhotoId | null) {
    this.changed(null, onScreen);
    for (const photo of this.#cards.keys()) this.#stale.add(photo);
  }

  reset() {
    this.#cards.clear();
    this.#stale.clear();
    this.#given = [];
    for (const loading of this.#loading.values()) loading.again = true;
  }

  async #ask(photo: PhotoId, loading: { again: boolean }, asked?: Promise<PhotoDetails | undefined>) {
    let details = await asked;
    while (!details || loading.again) {
      loading.again = false;
      details = await this.connection.api.photo({ photo });
    }
    const before = this.#cards.get(photo);
    this.#forget(photo);
    let card = cardOf(details, before);
    for (const given of this.#given) if (given.photos.has(photo)) card = this.#with(card, given);
    this.#cards.set(photo, card);
    for (const oldest of this.#cards.keys()) {
      if (this.#cards.size <= KEPT) break;
      this.#forget(oldest);
    }
  }

  #with(card: Card, given: Given): Card {
    const details = withVerdict(card, given);
    if (!details) this.#stale.add(card.details.photo);
    return details ? cardOf(details, card) : card;
  }

  #forget(photo: PhotoId) {
    this.#cards.delete(photo);
    this.#stale.delete(photo);
  }
}

function cardOf(details: PhotoDetails, before: Card | undefined): Card {
  const predicted = [...details.labels, ...details.guesses].filter(({ source }) => source === "predicted");
  const order = [
    ...new Set([
      ...(before?.order ?? []),
      ...details.labels.map(({ label }) => label),
      ...details.guesses.map(({ label }) => label),
    ]),
  ];
  const scores = new Map(before?.scores);
  for (const { label, score } of predicted) scores.set(label, score);
  const guessed = new Set(before?.guessed);
  for (const { label } of details.labels) if (predicted.some((one) => one.label === label)) guessed.delete(label);
  for (const { label } of details.guesses) guessed.add(label);
  return {
    details: { ...details, labels: inPlace(details.labels, order), guesses: inPlace(details.guesses, order) },
    order,
    scores,
    guessed,
  };
}

function inPlace(labels: PhotoLabel[], order: LabelId[]): PhotoLabel[] {
  const place = new Map(order.map((label, i) => [label, i]));
  return labels.toSorted((a, b) => place.get(a.label)! - place.get(b.label)!);
}

/** The photo's labels after a verdict; null if only the engine knows them. The same verdict twice changes nothing. */
export function withVerdict(
  { details, scores, guessed }: Pick<Card, "details" | "scores" | "guessed">,
  { label, name, parent, verdict }: Given,
): PhotoDetails | null {
  const isOther = (one: PhotoLabel) => one.label !== label;
  const has = details.labels.find((one) => !isOther(one));
  const labels = details.labels.filter(isOther);
  const guesses = details.guesses.filter(isOther);
  const rejected = details.rejected.filter(isOther);
  const named = { label, name, parent };
  if (verdict === "reject")
    return { ...details, labels, guesses, rejected: [...rejected, { ...named, score: 0, source: "rejected" }] };
  if (verdict === "accept") {
    if (has && has.source !== "predicted") return details;
    const accepted: PhotoLabel = { ...named, score: 1, source: has || scores.has(label) ? "accepted" : "added" };
    return {
      ...details,
      labels: has ? details.labels.map((one) => (one === has ? accepted : one)) : [...labels, accepted],
      guesses,
      rejected,
    };
  }
  if (has?.source === "predicted" || guesses.length < details.guesses.length) return details;
  if (has?.source === "added") return { ...details, labels };
  const score = scores.get(label);
  if (score === undefined) return null;
  const predicted: PhotoLabel = { ...named, score, source: "predicted" };
  if (guessed.has(label)) return { ...details, labels, guesses: [...guesses, predicted], rejected };
  return {
    ...details,
    labels: has ? details.labels.map((one) => (one === has ? predicted : one)) : [...labels, predicted],
    rejected,
  };
}
