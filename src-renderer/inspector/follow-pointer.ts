import type { ViewPlace } from "../state/viewing.svelte";

interface Drag {
  /** The pointer moved. Places are fractions of the surface, beyond 0..1 outside it. */
  moved: (from: ViewPlace, to: ViewPlace) => void;
  released: () => void;
  /** Esc was pressed, or the system took the pointer away. */
  cancelled: () => void;
}

/** CSS pixels: whoever moves less has only clicked. */
const CLICK = 3;

/**
 * Follows a pressed pointer until it is released. The surface may be zoomed or change its size meanwhile.
 * @returns a function that ends it without a call
 */
export function followPointer(
  pressed: PointerEvent,
  surface: Element,
  { moved, released, cancelled }: Drag,
): () => void {
  const target = pressed.currentTarget as Element;
  const ending = new AbortController();
  const { signal } = ending;
  const placeOf = ({ clientX, clientY }: PointerEvent): ViewPlace => {
    const { left, top, width, height } = surface.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const end = (then: () => void) => () => {
    if (signal.aborted) return;
    ending.abort();
    if (target.hasPointerCapture(pressed.pointerId)) target.releasePointerCapture(pressed.pointerId);
    then();
  };
  const from = placeOf(pressed);
  let isClick = true;
  const on = <Name extends "pointermove" | "pointerup" | "pointercancel" | "lostpointercapture">(
    name: Name,
    run: (event: PointerEvent) => void,
  ) =>
    target.addEventListener(
      name,
      (event) => {
        if ((event as PointerEvent).pointerId === pressed.pointerId) run(event as PointerEvent);
      },
      { signal },
    );
  on("pointermove", (event) => {
    if (isClick && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < CLICK) return;
    isClick = false;
    moved(from, placeOf(event));
  });
  on("pointerup", end(released));
  on("pointercancel", end(cancelled));
  on("lostpointercapture", end(cancelled));
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(cancelled)();
    },
    { signal, capture: true },
  );
  target.setPointerCapture(pressed.pointerId);
  return end(() => undefined);
}
