import { count } from "./messages/numbers";

export { baseName } from "./base-name";
export { exportedRows } from "./messages/exported-rows";
export { atLeast, count, percent } from "./messages/numbers";
export { dateTime, timeLeft } from "./messages/times";
export { versionName } from "./messages/version-name";

/** "1 photo", "1,204 photos" */
export const counted = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
