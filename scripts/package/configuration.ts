/** What goes into a packaged Semblance. */
import { fileURLToPath } from "node:url";
import type { Configuration } from "electron-builder";

export const project = fileURLToPath(new URL("../..", import.meta.url));

/** Built entries that a package leaves out: development tools, and hosts that the desktop does not need. */
const LEFT_OUT = [
  "bench",
  "soak",
  "library-operation",
  "fuzz",
  "fit-pack",
  "fit-everyday",
  "fit-few-shot",
  "cli",
  "web",
];

/** The native modules' files for other platforms, which take tens of megabytes each. */
function otherPlatforms(platform: string, arch: string): string[] {
  const dawn = platform === "darwin" ? "darwin-universal" : `${platform}-${arch}`;
  return [
    `!node_modules/onnxruntime-node/bin/napi-v*/!(${platform})/**`,
    `!node_modules/onnxruntime-node/bin/napi-v*/*/!(${arch})/**`,
    `!node_modules/webgpu/dist/!(${dawn})/**`,
    `!node_modules/better-sqlite3/prebuilds/!(${platform}-${arch}.node)`,
  ];
}

/** Files of packages that never run here: sources, types, source maps and other builds. */
const SOURCES = [
  "!node_modules/**/*.map",
  "!node_modules/**/*.d.{cts,mts}",
  "!node_modules/zod/src/**",
  "!node_modules/@tensorflow/tfjs-{core,backend-*}/dist/!(*.node.js|*.wasm)",
  "!node_modules/@tensorflow/tfjs-{core,backend-*}/dist/*/**",
  "!node_modules/better-sqlite3/{deps,src}/**",
  "!node_modules/hnswlib-node/{src,build/Release/obj.target}/**",
  "!node_modules/webgpu/build/**",
  // A second copy of the binary in the package's bin.
  "!node_modules/node/node_modules/**",
];

/**
 * Electron-builder's configuration. The engine runs in the packed `node`, which can't read Electron's archive, so all
 * its files are unpacked beside it; the window, its preload script and the host's entry are inside.
 * @param platform     as in process.platform
 * @param arch         as in process.arch
 * @param electronDist folder of Electron's binary
 * @param icons        folder of square PNGs, named by their size
 */
export function configuration({
  platform,
  arch,
  electronDist,
  icons,
  output,
}: {
  platform: string;
  arch: string;
  electronDist: string;
  icons: string;
  output: string;
}): Configuration {
  return {
    appId: "app.semblance.desktop",
    productName: "Semblance",
    directories: { output },
    // deb requires an address and a page. There are none until a build is published (RFC 2606).
    extraMetadata: {
      homepage: "https://semblance.invalid",
      author: { name: "Semblance", email: "packages@semblance.invalid" },
    },
    electronDist,
    // Native modules are built for the packed Node, not for Electron.
    npmRebuild: false,
    nodeGypRebuild: false,
    publish: null,
    files: [
      "package.json",
      "out/{main,preload,renderer}/**",
      `!out/main/{${LEFT_OUT.join(",")}}.js`,
      "!out/main/developing/**",
      "resources/{packs,words}/**",
      "resources/{icon.png,licences.json}",
      ...otherPlatforms(platform, arch),
      ...SOURCES,
    ],
    asar: true,
    asarUnpack: ["package.json", "out/main/**", "!out/main/electron.js", "resources/**", "node_modules/**"],
    extraResources: [
      { from: "LICENSE", to: "licences/semblance/LICENSE" },
      { from: "node_modules/node/node_modules", to: "licences", filter: ["node-*/LICENSE"] },
    ],
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    },
    fileAssociations: [
      { ext: "semblance", name: "Copied Semblance library", mimeType: "application/x-semblance", role: "Editor" },
    ],
    artifactName: "${productName}-${version}-${os}-${arch}.${ext}",
    linux: {
      target: ["AppImage", "deb"],
      icon: icons,
      category: "Graphics",
      executableName: "semblance",
      synopsis: "Labels photos with words, on your own computer",
    },
    mac: { target: ["dmg"], icon: `${icons}/1024x1024.png`, category: "public.app-category.photography" },
    win: { target: ["nsis"], icon: `${icons}/1024x1024.png` },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  };
}
