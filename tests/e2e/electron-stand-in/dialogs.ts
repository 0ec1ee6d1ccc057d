/** Menus, dialogs and the shell. A dialog that a test has not prepared is an error. */
interface MenuItem {
  id?: string;
  label?: string;
  role?: string;
  click?: () => void;
  submenu?: MenuItem[];
}

let menu: { items: MenuItem[] } | null = null;
export const Menu = {
  buildFromTemplate: (items: MenuItem[]) => {
    const all = (list: MenuItem[]): MenuItem[] => list.flatMap((item) => [item, ...all(item.submenu ?? [])]);
    return { items, getMenuItemById: (id: string) => all(items).find((item) => item.id === id) ?? null };
  },
  setApplicationMenu: (built: { items: MenuItem[] }) => {
    menu = built;
  },
  getApplicationMenu: () => menu,
};

const unexpected =
  (name: string) =>
  async (...args: unknown[]) => {
    throw new Error(`${name} was called: ${JSON.stringify(args.slice(-1))}`);
  };
export const dialog = {
  showOpenDialog: unexpected("showOpenDialog"),
  showSaveDialog: unexpected("showSaveDialog"),
  showMessageBox: unexpected("showMessageBox"),
  showErrorBox: (title: string, text: string) => console.error(title, text),
};
export const shell = {
  openExternal: unexpected("openExternal"),
  openPath: unexpected("openPath"),
  showItemInFolder: (path: string) => {
    throw new Error(`showItemInFolder was called: ${path}`);
  },
};
