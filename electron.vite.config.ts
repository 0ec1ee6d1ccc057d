import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";
import manifest from "./package.json" with { type: "json" };
import { watPlugin } from "./scripts/wat-plugin.ts";

/** Whether a chunk is only for development tools (benchmarks, long runs, fitting packs), which packages leave out. */
const isForDevelopers = (modules: string[]) =>
  modules.some((module) => module.startsWith(at("tools/")) || module.startsWith(at("tests/")));

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    plugins: [watPlugin()],
    build: {
      // Optional packages are native and may be missing. Node can't load the files of TensorFlow.js's gradients, so
      // these are bundled; the rest of it is not.
      externalizeDeps: {
        include: Object.keys(manifest.optionalDependencies),
        exclude: ["@tensorflow/tfjs-core", "zod"],
      },
      rollupOptions: {
        external: ["@tensorflow/tfjs-core"],
        input: {
          electron: at("src-main/hosts/electron.ts"),
          engine: at("src-main/engine/engine.ts"),
          cli: at("src-main/cli/cli.ts"),
          web: at("src-main/hosts/web.ts"),
          decoder: at("src-main/images/decoder.ts"),
          "decoder-watch": at("src-main/images/decoder-watch.ts"),
          runner: at("src-main/vision/runner.ts"),
          "fit-worker": at("src-main/devise/fit-worker.ts"),
          "hash-worker": at("src-main/folder/hash-worker.ts"),
          "map-worker": at("src-main/curate/map-worker.ts"),
          "duplicates-worker": at("src-main/curate/duplicates-worker.ts"),
          "words-worker": at("src-main/lab/words/words-worker.ts"),
          bench: at("tools/benchmark/bench.ts"),
          fuzz: at("tools/fuzz/fuzz.ts"),
          soak: at("tools/soak/soak.ts"),
          "library-operation": at("tools/soak/library-operation.ts"),
          "fit-pack": at("tools/fit-pack/fit-pack.ts"),
          "fit-everyday": at("tools/fit-pack/fit-everyday.ts"),
          "fit-few-shot": at("tools/fit-pack/fit-few-shot.ts"),
        },
        output: {
          format: "es",
          chunkFileNames: ({ moduleIds }) => `${isForDevelopers(moduleIds) ? "developing" : "chunks"}/[name]-[hash].js`,
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: at("src-preload/preload.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: at("src-renderer"),
    plugins: [svelte()],
    build: { rollupOptions: { input: at("src-renderer/index.html") } },
  },
});
