/** "1 photo", "12,000 photos". Not `toLocaleString`, whose first use is slower than most calls. */
export const formatCount = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
