import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          electron: at("src-main/electron.ts"),
          engine: at("src-main/engine.ts"),
          cli: at("src-main/cli.ts"),
          web: at("src-main/web.ts"),
          "fit-worker": at("src-main/devise/fit-worker.ts"),
          bench: at("tests/benchmark/bench.ts"),
        },
        output: { format: "es" },
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
