/**
 * Makes hnswlib-node loadable, with no network but the npm registry.
 *
 * node-gyp would download Node's headers from nodejs.org, but the `node` package has them. Older versions of npm try to
 * compile hnswlib-node, fail without those headers, and remove the optional package. It is then downloaded here, at the
 * version and with the checksums of package-lock.json. The addon uses Node-API, so one build loads in every Node.
 * Without a compiler the program uses exact search, so no failure here is an error.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const addon = join(modules, "hnswlib-node");

class NotBuilt extends Error {}

try {
  if (!existsSync(join(addon, "package.json"))) fetchAddon();
  if (loads() !== null) {
    compile();
    const reason = loads();
    if (reason !== null) throw new NotBuilt(reason);
  }
} catch (error) {
  if (!(error instanceof NotBuilt)) throw error;
  console.log(`HNSW index not built (${error.message}). Exact search is used instead.`);
}

/** Null, or why it does not load. Tried in a separate process, which a broken addon may crash. */
function loads() {
  const tried = spawnSync(process.execPath, ["-e", "require('hnswlib-node')"], { cwd: root, encoding: "utf8" });
  return tried.status === 0 ? null : lastError(tried) || `hnswlib-node does not load in Node ${process.version}`;
}

/** Installs hnswlib-node and its dependencies as in package-lock.json, without running their scripts. */
function fetchAddon() {
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const wanted = {};
  const waiting = ["hnswlib-node"];
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    const entry = locked[`node_modules/${name}`];
    if (!entry) throw new NotBuilt(`package-lock.json has no ${name}`);
    wanted[`node_modules/${name}`] = entry;
    waiting.push(...Object.keys(entry.dependencies ?? {}).filter((needed) => !wanted[`node_modules/${needed}`]));
  }
  const apart = mkdtempSync(join(modules, ".hnsw-"));
  try {
    const dependencies = { "hnswlib-node": locked["node_modules/hnswlib-node"].version };
    const packages = { "": { name: "hnsw", version: "0.0.0", dependencies }, ...wanted };
    writeFileSync(join(apart, "package.json"), JSON.stringify({ name: "hnsw", version: "0.0.0", dependencies }));
    writeFileSync(
      join(apart, "package-lock.json"),
      JSON.stringify({ name: "hnsw", version: "0.0.0", lockfileVersion: 3, requires: true, packages }),
    );
    const fetched = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], apart);
    if (fetched.status !== 0) throw new NotBuilt(`can't download hnswlib-node: ${lastError(fetched)}`);
    for (const path of Object.keys(wanted)) {
      if (!existsSync(join(root, path))) cpSync(join(apart, path), join(root, path), { recursive: true });
    }
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
}

function compile() {
  const nodeGyp = findNodeGyp();
  const { headers, temporary } = findHeaders();
  try {
    console.log("Building the HNSW index (hnswlib-node)…");
    const built = spawnSync(process.execPath, [nodeGyp, "rebuild", "--loglevel=error", `--nodedir=${headers}`], {
      cwd: addon,
      encoding: "utf8",
      // binding.gyp runs `node`: make sure it is this one.
      env: { ...process.env, PATH: dirname(process.execPath) + delimiter + process.env.PATH },
      maxBuffer: 64 * 2 ** 20,
    });
    if (built.status !== 0) throw new NotBuilt(lastError(built) || "node-gyp failed");
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
}

/** npm tells its scripts where its node-gyp is; otherwise it is in npm's folder. */
function findNodeGyp() {
  const inNpm = join("node_modules", "node-gyp", "bin", "node-gyp.js");
  const npmFolders = [process.env.npm_execpath, ...npmOnPath()].filter(Boolean).flatMap((cli) => {
    const bin = dirname(realpathSync(cli));
    return [join(bin, ".."), join(bin, "node_modules", "npm"), join(bin, "..", "lib", "node_modules", "npm")];
  });
  const places = [process.env.npm_config_node_gyp, ...npmFolders.map((folder) => join(folder, inNpm))];
  const found = places.find((place) => place && existsSync(place));
  if (!found) throw new NotBuilt("can't find npm's node-gyp");
  return found;
}

function npmOnPath() {
  const names = process.platform === "win32" ? ["npm.cmd"] : ["npm"];
  return (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .filter((file) => existsSync(file));
}

/** The folder with include/node: in the package of Node 24's binary, beside the running Node, or downloaded again. */
function findHeaders() {
  const version = JSON.parse(readFileSync(join(modules, "node", "package.json"), "utf8")).version;
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `${platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"}-${platform}-${process.arch}`;
  const folders = [
    join(modules, "node", "node_modules", name),
    join(modules, name),
    join(dirname(process.execPath), ".."),
  ];
  const headers = folders.find(complete);
  if (headers) return { headers };
  // A later `npm install` removes the package of the binary, which package.json does not list.
  const temporary = mkdtempSync(join(modules, ".node-headers-"));
  writeFileSync(join(temporary, "package.json"), "{}");
  npm(
    ["install", "--no-save", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", `${name}@${version}`],
    temporary,
  );
  const fetched = join(temporary, "node_modules", name);
  if (complete(fetched)) return { headers: fetched, temporary };
  rmSync(temporary, { recursive: true, force: true });
  throw new NotBuilt(`${name}@${version} has no headers (include/node)`);
}

function complete(folder) {
  return ["node_api.h", "common.gypi", "config.gypi"].every((file) =>
    existsSync(join(folder, "include", "node", file)),
  );
}

function npm(args, cwd) {
  mkdirSync(cwd, { recursive: true });
  const cli = process.env.npm_execpath;
  // With the outer npm's prefix, the packages would be installed in this project.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(local_)?prefix$/i.test(name)),
  );
  const [command, first] = cli?.endsWith("js") ? [process.execPath, [cli]] : ["npm", []];
  return spawnSync(command, [...first, ...args], {
    cwd,
    env,
    encoding: "utf8",
    shell: command === "npm" && process.platform === "win32",
  });
}

function lastError({ stderr, stdout, error }) {
  const lines = `${error?.message ?? ""}\n${stdout ?? ""}\n${stderr ?? ""}`.split("\n").map((line) => line.trim());
  const reason =
    lines.find((line) => /^gyp ERR! (stack|find Python).*(Error|not found|could not)/i.test(line)) ??
    lines.find((line) => /error/i.test(line));
  return reason
    ?.replace(/^gyp ERR! /, "")
    .replace(/^stack /, "")
    .replace(/^(npm )?(error|Error):? /i, "")
    .slice(0, 200);
}
