import ArrowLeftRight from "@lucide/svelte/icons/arrow-left-right";
import CheckCheck from "@lucide/svelte/icons/check-check";
import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import Copy from "@lucide/svelte/icons/copy";
import Eye from "@lucide/svelte/icons/eye";
import Images from "@lucide/svelte/icons/images";
import MapIcon from "@lucide/svelte/icons/map";
import Scan from "@lucide/svelte/icons/scan";
import Tag from "@lucide/svelte/icons/tag";
import TagX from "@lucide/svelte/icons/tag-x";
import type { Component } from "svelte";
import { text } from "../messages/text";
import type { ViewPlace } from "../state/browse.svelte";
import type { Semblance } from "../state/semblance.svelte";
import type { ReviewOf } from "../state/types";

/** A row of the sidebar that leads to a view. */
export interface SidebarEntry {
  name: string;
  Icon: Component<{ size?: number }>;
  /** How many photos the view shows; null if that takes long to tell, or it shows something else. */
  count: number | null;
  isHere(place: ViewPlace): boolean;
  open(): void;
}

/** What there is: all of it, what has been reviewed, and other ways to look at it. */
export function libraryEntries({ browse, labelBoxes, library, savedSearches }: Semblance): SidebarEntry[] {
  const failed = library.info?.failed ?? 0;
  return [
    {
      name: text("sidebar.allPhotos"),
      Icon: Images,
      count: library.info?.photos ?? 0,
      isHere: ({ kind }) => kind === "all" && !savedSearches.current,
      open: () => browse.go({ kind: "all" }),
    },
    stateEntry(browse, "reviewed", CheckCheck),
    {
      name: text("sidebar.map"),
      Icon: MapIcon,
      count: null,
      isHere: ({ kind }) => kind === "map",
      open: () => browse.go({ kind: "map" }),
    },
    {
      name: text("boxTiles.title"),
      Icon: Scan,
      count: null,
      isHere: ({ kind }) => kind === "boxes",
      open: () => labelBoxes.open(),
    },
    ...(failed > 0
      ? [
          {
            name: text("sidebar.problems"),
            Icon: CircleAlert,
            count: failed,
            isHere: ({ kind }: ViewPlace) => kind === "problems",
            open: () => browse.go({ kind: "problems" }),
          },
        ]
      : []),
  ];
}

/** What waits for a person, each for another reason. */
export function reviewEntries(app: Semblance): SidebarEntry[] {
  const { browse, changes, reviewing } = app;
  const review = (of: ReviewOf, Icon: SidebarEntry["Icon"], count: number | null = null): SidebarEntry => ({
    name: text(`review.${of}`),
    Icon,
    count,
    isHere: (place) => place.kind === "review" && place.of === of,
    open: () => void reviewing.show(of),
  });
  return [
    stateEntry(browse, "unreviewed", CircleDashed),
    stateEntry(browse, "unlabelled", Tag),
    review("queue", Eye),
    review("labelIssues", TagX),
    review("duplicates", Copy, browse.counts?.duplicates ?? null),
    {
      name: text("review.changed"),
      Icon: ArrowLeftRight,
      count: browse.counts?.changed || null,
      isHere: ({ kind }) => kind === "changed",
      open: () => void changes.show(),
    },
  ];
}

const stateEntry = (
  browse: Semblance["browse"],
  state: "reviewed" | "unreviewed" | "unlabelled",
  Icon: SidebarEntry["Icon"],
): SidebarEntry => ({
  name: text(`sidebar.${state}`),
  Icon,
  count: browse.counts?.[state] ?? null,
  isHere: (place) => place.kind === "state" && place.state === state,
  open: () => browse.go({ kind: "state", state }),
});
