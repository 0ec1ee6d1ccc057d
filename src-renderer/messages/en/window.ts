/** What is around the views: the window itself, its notifications, controls that views share, and its connection. */
export const window = {
  "window.name": "Semblance",
  "window.title": "{library} – Semblance",
  "window.overlays": "Menus and tooltips",
  "window.notifications": "Notifications",
  "window.drop": "Drop a folder to open it",
  "window.dropWithoutPath": "Browsers don’t share the path of a dropped folder. Choose it here instead.",

  "theme.title": "Theme",
  "theme.system": "System",
  "theme.light": "Light",
  "theme.dark": "Dark",

  "connection.lost":
    "<strong>Semblance isn’t responding.</strong> Your work is saved. If you closed the program, start it again.",
  "connection.noAnswer": "Semblance isn’t responding. Is it still running?",
  "connection.refused": "Semblance refused “{call}”. Reload the page.",
  "connection.badStatus": "Semblance answered “{call}” with status {status}.",

  "access.used": "This address no longer works",
  "access.another":
    "Each address works once, for ten minutes. Go to the terminal that Semblance runs in, press Enter, and open the new address.",
  "access.silent": "Semblance isn’t responding",
  "access.start": "If you closed the program, start it again. If it is still running, reload this page.",

  "path.file": "File",
  "path.folder": "Folder",

  "picker.newLabel": "new label",
  "picker.similarMeaning": "similar meaning",

  "colour.red": "Red",
  "colour.orange": "Orange",
  "colour.yellow": "Yellow",
  "colour.green": "Green",
  "colour.teal": "Teal",
  "colour.blue": "Blue",
  "colour.violet": "Violet",
  "colour.pink": "Pink",
} as const;
