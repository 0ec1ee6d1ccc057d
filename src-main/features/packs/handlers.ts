import type { EngineApi } from "../../../src-shared/arguments";
import type { Job, PackList } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import { defaultPack } from "../../base/default-pack";
import { countFeatures } from "../../store/features";
import { countPhotos } from "../../store/photos";
import { readNamed } from "../../workspace/choose-pack";
import { relabelWithPack } from "../../workspace/relabel";
import type { Session } from "../../workspace/session";
import { availablePacks } from "./available-packs";
import { findEntry } from "./catalogue";
import { downloadPack } from "./download-pack";
import { listPacks, removePack } from "./installed-packs";
import { measurePack } from "./measure-pack";

type Packs = "packs" | "measurePack" | "getPack" | "removePack" | "usePack";

/** Model packs: which there are, their speed, downloading, removing, and labelling the library with another. */
export const packHandlers = (session: Session): Pick<EngineApi, Packs> => ({
  packs: async () => packList(session),
  measurePack: ({ name }) => measurePack(session.home, name),
  getPack: async ({ name }) => {
    const { title } = findEntry(name, process.env);
    if (runs(session, "download")) throw new Refusal("busy", "A model is already being downloaded.");
    const { job } = session.jobs.run("download", async (handle) => {
      handle.phase(title); // by which the window knows what is being downloaded
      await downloadPack(session.home, name, {
        signal: handle.signal,
        onProgress: handle.progress,
        onCheck: () => handle.phase(`${title}, being checked`),
      });
      return title;
    });
    return { job };
  },
  removePack: async ({ name }) => void removePack(session.home, name),
  usePack: async ({ name }) => {
    const { pack } = session.library();
    const next = readNamed(name, session.home);
    if (next.pack.folder === pack.folder) throw new Refusal("no-upgrade", `${pack.title} is already in use.`);
    const preferred = name === defaultPack() ? null : name;
    return {
      job: session.start("upgrade", "Photos are already being relabelled.", async (library, job) => {
        await session.replace(await relabelWithPack(library, next, preferred, job, session.jobs));
        return `${formatCount(countFeatures(library.store, next.pack.visualId), "photo")} labelled`;
      }),
    };
  },
});

function packList({ home, openOrNull }: Session): PackList {
  const library = openOrNull()?.library;
  const photos = library ? countPhotos(library.store).photos : 0;
  const installed = listPacks(home).map((listed) => ({
    ...listed,
    photosToAnalyse:
      library && listed.pack ? Math.max(0, photos - countFeatures(library.store, listed.pack.visualId)) : null,
  }));
  const inUse = installed.find(({ folder }) => library && folder === library.pack.folder)?.name ?? null;
  return { installed, available: availablePacks(home), inUse };
}

const runs = ({ jobs }: Session, kind: Job["kind"]): boolean =>
  jobs.list().some((job) => job.kind === kind && (job.state === "running" || job.state === "paused"));
