export { SITUATIONS } from "./binding";
export { bindingOf, BINDINGS, bindingsFor, GROUPS } from "./bindings";
export { handleKey, namesOf } from "./handle-key";
