export function compileEveryday() { return "[]\n"; }
