import { text } from "../messages/text";
import type { Theme } from "../state/appearance.svelte";
import type { Group, ViewPlace } from "../state/browse.svelte";
import type { Semblance } from "../state/semblance.svelte";
import type { Command } from "./command";
import { NOT_LABELS } from "./situation";

const THUMBNAIL_STEP = 24; // pixels per key press

/** Which view is shown, and how. */
export function viewCommands(): Command[] {
  const group = text("keys.group.views");
  return [
    ...placeCommands(group),
    ...orderCommands(group),
    {
      id: "view.thumbnailsLarger",
      group,
      keys: ["+", "="],
      name: text("command.thumbnailsLarger"),
      in: ["photos", "boxes"],
      run: ({ appearance }) => {
        appearance.thumbnail += THUMBNAIL_STEP;
      },
    },
    {
      id: "view.thumbnailsSmaller",
      group,
      keys: ["-"],
      name: text("command.thumbnailsSmaller"),
      in: ["photos", "boxes"],
      run: ({ appearance }) => {
        appearance.thumbnail -= THUMBNAIL_STEP;
      },
    },
    {
      id: "view.crop",
      group,
      keys: [],
      name: text("command.crop"),
      in: ["photos", "boxes"],
      run: ({ appearance }) => {
        appearance.crop = !appearance.crop;
      },
    },
    {
      id: "view.sidebar",
      group,
      keys: ["["],
      name: text("keys.sidebar"),
      run: ({ appearance }) => {
        appearance.sidebar = !appearance.sidebar;
      },
    },
    {
      id: "view.inspector",
      group,
      keys: ["]", "i"],
      name: text("keys.inspector"),
      run: ({ appearance }) => {
        appearance.inspector = !appearance.inspector;
      },
    },
    ...(["system", "light", "dark"] as Theme[]).map((theme) => ({
      id: `view.theme.${theme}`,
      group,
      keys: [],
      name: `${text("theme.title")}: ${text(`theme.${theme}`)}`,
      run: ({ appearance }: Semblance) => {
        appearance.theme = theme;
      },
    })),
  ];
}

/** Shows a place, also from Loupe view. */
const go = (place: ViewPlace) => (app: Semblance) => {
  app.lightbox = false;
  app.browse.go(place);
};
/** Shows a page, or leaves it for the photos. */
const toggle = (kind: "map" | "evaluation" | "versions" | "labels") => (app: Semblance) =>
  go({ kind: app.browse.place.kind === kind ? "all" : kind })(app);

function placeCommands(group: string): Command[] {
  return [
    { id: "view.all", group, keys: [], name: text("sidebar.allPhotos"), run: go({ kind: "all" }) },
    ...(["unreviewed", "reviewed", "unlabelled"] as const).map((state) => ({
      id: `view.${state}`,
      group,
      keys: [],
      name: text(`sidebar.${state}`),
      run: go({ kind: "state", state }),
    })),
    { id: "view.map", group, keys: ["m"], name: text("keys.map"), in: NOT_LABELS, run: toggle("map") },
    ...(["queue", "labelIssues", "duplicates"] as const).map((of) => ({
      id: `review.${of}`,
      group,
      keys: [],
      name: text(`review.${of}`),
      run: (app: Semblance) => {
        app.lightbox = false;
        void app.reviewing.show(of);
      },
    })),
    {
      id: "view.changed",
      group,
      keys: ["d"],
      name: text("keys.changed"),
      alsoCalled: text("keys.changed.also"),
      run: (app) => {
        app.lightbox = false;
        void app.changes.show();
      },
    },
    { id: "view.labels", group, keys: [], name: text("library.labels"), run: toggle("labels") },
    { id: "view.evaluation", group, keys: ["e"], name: text("keys.evaluation"), run: toggle("evaluation") },
    {
      id: "view.versions",
      group,
      keys: ["h"],
      name: text("keys.versions"),
      alsoCalled: text("keys.versions.also"),
      run: toggle("versions"),
    },
    {
      id: "view.problems",
      group,
      keys: [],
      name: text("sidebar.problems"),
      unavailable: ({ library }) => (library.info?.failed ? null : text("command.noProblems")),
      run: go({ kind: "problems" }),
    },
  ];
}

function orderCommands(group: string): Command[] {
  const of = { group, keys: [], in: ["photos" as const] };
  return [
    ...(["taken", "name", "added"] as const).map((sort) => ({
      ...of,
      id: `sort.${sort}`,
      name: `${text("grid.sortBy")}: ${text(`grid.sort.${sort}`)}`,
      run: ({ browse }: Semblance) => browse.sortBy(sort),
    })),
    {
      ...of,
      id: "sort.reverse",
      name: text("command.reverse"),
      run: ({ browse }: Semblance) => browse.sortBy(browse.sort, !browse.descending),
    },
    ...(["none", "date", "event", "folder"] as Group[]).map((by) => ({
      ...of,
      id: `group.${by}`,
      name: `${text("grid.groupBy")}: ${text(`grid.group.${by}`)}`,
      run: ({ browse }: Semblance) => browse.groupBy(by),
    })),
  ];
}
