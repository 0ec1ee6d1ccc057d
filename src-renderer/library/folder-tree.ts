export interface FolderNode {
  /** Path relative to the library's root. */
  folder: string;
  name: string;
  /** Number of photos in the folder and its subfolders. */
  photos: number;
  children: FolderNode[];
}

/** Nests a flat list of folders with photos; folders between them are added. */
export function nestFolders(folders: { folder: string; photos: number }[]): FolderNode[] {
  const nodes = new Map<string, FolderNode>();
  const roots: FolderNode[] = [];

  function node(folder: string): FolderNode {
    const known = nodes.get(folder);
    if (known) return known;
    const cut = folder.lastIndexOf("/");
    const made = { folder, name: folder.slice(cut + 1), photos: 0, children: [] };
    nodes.set(folder, made);
    (cut < 0 ? roots : node(folder.slice(0, cut)).children).push(made);
    return made;
  }

  for (const { folder, photos } of folders) {
    if (folder === "" || folder === ".") continue; // the root itself is "All photos"
    for (let at: string = folder; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/"))))
      node(at).photos += photos;
  }
  for (const { children } of nodes.values()) sort(children);
  return sort(roots);
}

function sort(nodes: FolderNode[]): FolderNode[] {
  return nodes.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}
