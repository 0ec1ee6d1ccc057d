/**
 * Whose turn it is: `use` asks for another command, file or folder; `failed` means that the work could not be done;
 * `cancelled` that the person stopped it. The command line ends with 2, 1 and 130.
 */
export type RefusalCategory = "use" | "failed" | "cancelled";

/** Every code and its category. */
export const REFUSALS = {
  "bad-arguments": "failed",
  "bad-coco": "use",
  "bad-corpus": "use",
  "bad-csv": "use",
  "bad-dataset": "use",
  "bad-features": "use",
  "bad-jsonl": "use",
  "bad-label": "use",
  "bad-label-set": "use",
  "bad-layers": "use",
  "bad-output": "use",
  "bad-pack": "use",
  "bad-query": "use",
  "bad-setting": "use",
  "bad-shares": "use",
  "bad-synsets": "use",
  "bad-training": "use",
  "bad-vectors": "use",
  "bad-vocabulary": "use",
  "bad-voc": "use",
  "bad-word-table": "failed",
  "bad-wordnet": "failed",
  "bad-xmp": "failed",
  "bad-yolo": "use",
  busy: "failed",
  cancelled: "cancelled",
  "cannot-write": "failed",
  closed: "failed",
  "compare-failed": "failed",
  "connection-lost": "failed",
  damaged: "failed",
  "data-folder-closed": "failed",
  "decoder-died": "failed",
  "disk-failing": "failed",
  "disk-full": "failed",
  diverged: "failed",
  "download-failed": "failed",
  "empty-file": "failed",
  "engine-died": "failed",
  "exiftool-failed": "failed",
  failed: "failed",
  "few-verdicts": "failed",
  "file-exists": "failed",
  "first-event": "use",
  "first-of-event": "use",
  "fit-failed": "failed",
  "foreign-sender": "failed",
  http: "failed",
  "inside-library": "use",
  internal: "failed",
  "key-taken": "use",
  "kind-of-itself": "use",
  "kind-of-wordnet": "use",
  "library-damaged": "failed",
  "library-exists": "failed",
  "library-locked": "failed",
  "library-newer": "failed",
  missing: "failed",
  "name-taken": "use",
  "network-failed": "failed",
  "no-backend": "failed",
  "no-box": "use",
  "no-backup": "use",
  "no-dialog": "failed",
  "no-exiftool": "failed",
  "no-export": "failed",
  "no-file-manager": "failed",
  "no-file": "use",
  "no-folder": "use",
  "no-gpu": "use",
  "no-group": "use",
  "no-groups": "failed",
  "no-job": "use",
  "no-label": "use",
  "no-library": "use",
  "no-model": "use",
  "no-pack": "use",
  "no-photo": "use",
  "no-plan": "failed",
  "no-preview": "failed",
  "no-conflict": "use",
  "no-set": "use",
  "no-upgrade": "failed",
  "no-window": "failed",
  "no-words": "use",
  "not-a-copy": "use",
  "not-a-library": "use",
  "not-allowed": "failed",
  "not-an-image": "failed",
  "not-built": "failed",
  "not-empty": "failed",
  "not-labelled": "failed",
  "not-moved": "failed",
  "not-xmp": "failed",
  "nothing-to-learn": "failed",
  "other-drive": "failed",
  "pack-gone": "use",
  "pack-in-use": "use",
  "port-closed": "failed",
  "port-in-use": "failed",
  "runtimes-differ": "failed",
  "same-label": "use",
  "set-exists": "use",
  "takes-photo": "failed",
  "too-large": "failed",
  "too-slow": "failed",
  truncated: "failed",
  "unknown-call": "failed",
  "unknown-labeller": "use",
  unreadable: "failed",
  "unsupported-operator": "failed",
  unsupported: "failed",
  "wrong-use": "use",
} as const satisfies Record<string, RefusalCategory>;

export type RefusalCode = keyof typeof REFUSALS;

/**
 * An error that a person can act on, with a code for programs and a sentence for people. Crosses process boundaries as
 * `{code, message}`.
 */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }

  get category(): RefusalCategory {
    return REFUSALS[this.code];
  }
}

/** A message from elsewhere (a library, another thread) with a full stop, for the end of a Refusal's sentence. */
export const withFullStop = (message: string): string => message.replace(/\.?$/, ".");

/** A phrase for the middle of a sentence as a sentence: with a capital letter and a full stop. */
export const asSentence = (phrase: string): string => withFullStop(phrase.charAt(0).toUpperCase() + phrase.slice(1));
