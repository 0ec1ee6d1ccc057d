import type {
  ImportChoice,
  ImportPlan,
  ImportSource,
  Job,
  JobId,
  LabelId,
  PlannedKeyword,
} from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Connection } from "./connection.svelte";
import type { Toasts } from "./toasts.svelte";

/**
 * Labels of other programs: what is being read, what taking them would do, and other labels for some of their keywords.
 */
export class Importing {
  /** What would be done; null until labels were read. */
  plan = $state.raw<ImportPlan | null>(null);
  /** The reading, as last heard of. */
  job = $state.raw<Job | null>(null);
  /** Why nothing could be read. */
  refusal = $state<string | null>(null);
  applying = $state(false);
  /** By keyword. */
  choices = $state.raw<ReadonlyMap<string, ImportChoice>>(new Map());

  readonly reading = $derived(this.job?.state === "running" || this.job?.state === "paused");

  /** What is being read, or was read last. */
  #of: JobId | null = null;
  #asked = 0;

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly toasts: Toasts,
  ) {
    connection.transport.on("job", (job) => {
      if (job.kind === "import") this.#heard(job);
    });
  }

  async read(source: ImportSource) {
    this.reset();
    const begun = await this.connection.attempt(this.connection.api.planImport({ source }));
    if (!begun) return;
    this.#of = begun.job;
    // A short reading may have ended before its number was known.
    if (this.job?.job === begun.job) this.#heard(this.job);
  }

  cancel() {
    if (this.job && this.reading) void this.connection.attempt(this.connection.api.cancelJob({ job: this.job.job }));
  }

  /** Gives a keyword another label; null leaves it out, undefined goes back to the one that was found. */
  async choose({ keyword }: PlannedKeyword, label: LabelId | null | undefined) {
    const choices = new Map(this.choices);
    if (label === undefined) choices.delete(keyword.join("|"));
    else choices.set(keyword.join("|"), { keyword, label });
    this.choices = choices;
    await this.#look();
  }

  /** True when it was done. */
  async apply(): Promise<boolean> {
    if (this.#of === null || !this.plan) return false;
    this.applying = true;
    const { source } = this.plan;
    const done = await this.connection.attempt(
      this.connection.api.applyImport({ plan: this.#of, choices: [...this.choices.values()] }),
    );
    this.applying = false;
    if (!done) return false;
    this.toasts.say(text(done.boxes > 0 ? "import.importedWithBoxes" : "import.imported", { ...done, source }), {
      text: text("action.undo"),
      run: () => void this.judging.undo(),
    });
    this.reset();
    return true;
  }

  reset() {
    this.#asked++;
    this.#of = this.plan = this.job = this.refusal = null;
    this.choices = new Map();
  }

  #heard(job: Job) {
    this.job = job;
    if (job.job !== this.#of) return;
    if (job.state === "done" && !this.plan) void this.#look();
    if (job.state === "failed") this.refusal = job.message;
  }

  /** Only the answer to the latest choice is shown. */
  async #look() {
    if (this.#of === null) return;
    const asked = ++this.#asked;
    const plan = await this.connection.attempt(
      this.connection.api.importPlan({ plan: this.#of, choices: [...this.choices.values()] }),
    );
    if (plan && asked === this.#asked) this.plan = plan;
  }
}
