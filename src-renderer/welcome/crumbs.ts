/** The folders from the root down to `path`, which may be of either kind of slash. */
export function crumbsOf(path: string): { path: string; name: string }[] {
  const separator = path.includes("\\") ? "\\" : "/";
  const parts = path.split(separator).filter((part) => part !== "");
  const rooted = path.startsWith("/");
  const crumbs = rooted ? [{ path: "/", name: "/" }] : [];
  for (const [i, name] of parts.entries()) {
    const joined = parts.slice(0, i + 1).join(separator);
    // "C:" alone is the drive's current folder; its root has the slash.
    crumbs.push({ path: rooted ? `/${joined}` : i === 0 ? `${joined}${separator}` : joined, name });
  }
  return crumbs;
}
