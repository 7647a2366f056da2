import { graphqlLanguage, graphqlLanguageSupport } from "cm6-graphql";

/** Completion and errors from a schema join this extension once the engine knows schemas. */
export const graphql = () => graphqlLanguageSupport();

export interface Operation {
  /** Absent for an anonymous operation. */
  name: string | null;
  kind: "query" | "mutation" | "subscription";
  from: number;
  to: number;
}

/** The operations of a document, in its order; a document with mistakes still gives those that can be seen. */
export function operations(document: string): Operation[] {
  const found: Operation[] = [];
  graphqlLanguage.parser.parse(document).iterate({
    enter(node) {
      if (node.name !== "OperationDefinition") return node.name !== "FragmentDefinition";
      const part = (name: string) => {
        const child = node.node.getChild(name);
        return child ? document.slice(child.from, child.to) : null;
      };
      const kind = (part("OperationType") ?? "query") as Operation["kind"];
      found.push({ name: part("Name"), kind, from: node.from, to: node.to });
      return false;
    },
  });
  return found;
}
