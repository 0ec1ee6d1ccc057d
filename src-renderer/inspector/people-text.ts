import { text } from "../messages/text";

/** Who is in a photo: "2 people, 1 face"; "" if nobody was found. */
export function peopleText({ people, faces }: { people: number; faces: number | null }): string {
  if (people === 0) return "";
  return [
    text("quantity.people", { count: people }),
    ...(faces ? [text("quantity.faces", { count: faces })] : []),
  ].join(", ");
}
