import { text } from "../messages/text";
import type { FixedKeys } from "./command";
import { ARROWS, SHIFT_ARROWS } from "./key-names";
import { LOUPE, OF_PHOTOS } from "./situation";

/** Letters a label can have as its key: with Shift, G, X and Z are commands. */
const LABEL_KEYS = [..."abcdefhijklmnopqrstuvwy"].map((letter) => `shift+${letter}`);
const DIGITS = [..."123456789"];

/** The keys that no person can change. */
export const fixedKeys = (): FixedKeys[] => [
  ...photoKeys(),
  ...labelKeys(),
  ...loupeKeys(),
  ...boxKeys(),
  ...mapKeys(),
  ...tileKeys(),
  ...managerKeys(),
  ...windowKeys(),
];

const SHIFT_ARROWS_SHOWN = () => [text("keyName.shiftArrows")];

function photoKeys(): FixedKeys[] {
  const group = text("keys.group.photos");
  const only = { group, in: ["photos" as const] };
  return [
    { ...only, keys: ARROWS, name: text("keys.moveBetween") },
    { ...only, keys: SHIFT_ARROWS, shown: SHIFT_ARROWS_SHOWN(), name: text("keys.extendSelection") },
    { ...only, keys: ["home", "end"], name: text("keys.firstLast") },
    { ...only, keys: ["pageup", "pagedown"], name: text("keys.pageUpDown") },
    { ...only, keys: ["ctrl+a"], name: text("keys.selectAll") },
    { ...only, keys: ["enter", " "], name: text("keys.openLoupe") },
    { ...only, keys: ["escape"], name: text("keys.clearSelection") },
  ];
}

function labelKeys(): FixedKeys[] {
  const group = text("keys.group.labels");
  return [
    {
      group,
      keys: DIGITS,
      shown: ["1 – 9"],
      name: text("keys.acceptNth"),
      in: OF_PHOTOS,
      run: (app, event) => void app.judging.acceptNth(Number(event.key) - 1),
    },
    {
      group,
      keys: LABEL_KEYS,
      shown: [text("keyName.shiftLetter")],
      name: text("keys.labelKey"),
      in: OF_PHOTOS,
      run: (app, event) => {
        const label = app.labelCards.keys.get(event.key.toUpperCase());
        if (label) void app.judging.toggle(label);
      },
    },
  ];
}

function loupeKeys(): FixedKeys[] {
  const only = { group: text("keys.group.loupe"), in: LOUPE };
  return [
    {
      ...only,
      keys: ARROWS,
      name: text("keys.previousNext"),
      alsoCalled: text("keys.pan.also"),
      run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), false),
    },
    {
      ...only,
      keys: SHIFT_ARROWS,
      shown: SHIFT_ARROWS_SHOWN(),
      name: text("keys.panHalf"),
      alsoCalled: text("keys.pan.also"),
      run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), true),
    },
    {
      ...only,
      keys: ["pageup", "pagedown", "ctrl+arrowleft", "ctrl+arrowright"],
      name: text("keys.previousNextZoomed"),
      run: ({ viewing }, event) => viewing.go(event.key === "PageUp" || event.key === "ArrowLeft" ? -1 : 1),
    },
    {
      ...only,
      keys: ["home", "end"],
      name: text("keys.firstLastInView"),
      run: ({ viewing }, event) => viewing.goTo(event.key === "Home" ? "first" : "last"),
    },
    {
      ...only,
      keys: ["enter", " "],
      shown: [text("keyName.escape"), text("keyName.enter"), text("keyName.space")],
      name: text("keys.back"),
      alsoCalled: text("keys.back.also"),
      run: (app) => {
        app.lightbox = false;
      },
    },
  ];
}

/** What a box over the photo in Loupe view does while it has the focus. */
function boxKeys(): FixedKeys[] {
  const only = { group: text("keys.group.boxes"), in: ["box" as const] };
  return [
    { ...only, keys: ["tab", "shift+tab"], name: text("keys.nextBox") },
    { ...only, keys: ["a"], name: text("keys.acceptBox") },
    { ...only, keys: ["x", "delete"], name: text("keys.rejectBox"), alsoCalled: text("keys.rejectBox.also") },
    { ...only, keys: ["f2"], name: text("keys.relabelBox"), alsoCalled: text("keys.relabelBox.also") },
    { ...only, keys: ["g"], name: text("keys.likeBox"), alsoCalled: text("keys.likeBox.also") },
    { ...only, keys: [" "], name: text("keys.highlightBox") },
    { ...only, keys: ["enter"], name: text("keys.editBox") },
    { ...only, keys: ARROWS, name: text("keys.moveBox") },
    { ...only, keys: SHIFT_ARROWS, shown: SHIFT_ARROWS_SHOWN(), name: text("keys.resizeBox") },
  ];
}

function mapKeys(): FixedKeys[] {
  const only = { group: text("keys.group.map"), in: ["map" as const] };
  return [
    { ...only, keys: ARROWS, name: text("keys.panMap"), alsoCalled: text("keys.pan.also") },
    { ...only, keys: ["+", "=", "-"], shown: ["+", "−"], name: text("keys.zoom"), alsoCalled: text("keys.zoom.also") },
    { ...only, keys: ["0", "home"], name: text("keys.wholeMap"), alsoCalled: text("keys.wholeMap.also") },
    { ...only, keys: ["enter", " "], name: text("keys.selectMiddle") },
    { ...only, keys: ["ctrl+a"], name: text("keys.selectInView") },
    { ...only, keys: ["escape"], name: text("keys.cancelLasso") },
  ];
}

/** The list of a label's boxes. */
function tileKeys(): FixedKeys[] {
  const only = { group: text("keys.group.boxTiles"), in: ["boxes" as const] };
  return [
    { ...only, keys: ARROWS, name: text("keys.moveBetweenBoxes") },
    { ...only, keys: SHIFT_ARROWS, shown: SHIFT_ARROWS_SHOWN(), name: text("keys.extendBoxSelection") },
    { ...only, keys: ["home", "end", "pageup", "pagedown"], name: text("keys.firstLastBox") },
    { ...only, keys: ["ctrl+a"], name: text("keys.selectAllBoxes") },
    { ...only, keys: ["enter", " "], name: text("keys.openBox"), run: (app) => void app.enlargeBox() },
    { ...only, keys: ["escape"], name: text("keys.clearSelection") },
  ];
}

/** The list of all labels. */
function managerKeys(): FixedKeys[] {
  const only = { group: text("keys.group.managingLabels"), in: ["labels" as const] };
  return [
    {
      ...only,
      keys: ["arrowup", "arrowdown", "pageup", "pagedown", "home", "end"],
      name: text("keys.moveBetweenLabels"),
    },
    { ...only, keys: [" "], name: text("keys.chooseLabel") },
    { ...only, keys: ["enter", "f2"], name: text("keys.rename") },
    { ...only, keys: ["m"], name: text("keys.merge") },
    { ...only, keys: ["delete"], name: text("keys.delete") },
    { ...only, keys: ["escape"], name: text("keys.chooseNone") },
  ];
}

const windowKeys = (): FixedKeys[] => [
  {
    group: text("keys.group.window"),
    keys: ["f2", "delete"],
    name: text("keys.savedSearch"),
    in: ["photos", "map", "pages"],
  },
];
