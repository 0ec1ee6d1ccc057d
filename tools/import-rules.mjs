/** Lint rules about who may import whom, made from the table of layers, for Oxlint and ESLint alike. */
import { allowedIn, NATIVE, ROOMS } from "./layers.mjs";

/** Forbids imports by pattern, each with what to do instead. */
export const forbid = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
export const packages = (names, message) => ({
  regex: `^(${names.map((name) => name.replace("/", "\\/")).join("|")})(/|$)`,
  message,
});

/** Import paths from files of `room` to other rooms, as a regular expression. */
function importsOf(room, others) {
  const inMain = others.filter(({ path }) => path.startsWith("src-main/")).map(({ path }) => path.slice(9));
  const main = room.path.startsWith("src-main/") ? [`(${inMain.join("|")})`] : [`src-main/(${inMain.join("|")})`];
  const roots = others.filter(({ path }) => !path.startsWith("src-main/")).map(({ path }) => path);
  return `^(\\.\\./)+(${[...(inMain.length > 0 ? main : []), ...roots].join("|")})(/|$)`;
}

/** The imports that the table of layers forbids in a room. @param more further patterns for these files */
export function roomRules(room, files = `${room.path}/**`, ...more) {
  const allowed = [room, ...allowedIn(room)];
  const others = ROOMS.filter((other) => !allowed.includes(other));
  const native = NATIVE.filter((name) => !(room.packages ?? []).includes(name));
  return {
    files: [files],
    rules: forbid(
      {
        regex: importsOf(room, others),
        message: `${room.path} (layer ${room.layer}) must not import this room. See tools/layers.mjs.`,
      },
      packages(native, `${room.path} must not load this package. See tools/layers.mjs.`),
      ...more,
    ),
  };
}
