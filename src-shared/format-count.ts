/** "1 photo", "12,000 photos". The program's first use of a locale would take longer than most of its answers. */
export const formatCount = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
