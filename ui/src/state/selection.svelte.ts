import { overview } from "./overview.svelte";
import { read, write } from "./stored";

/** The one thing in the centre. */
export type Place =
  | { kind: "connection"; slug: string }
  | { kind: "session"; id: string }
  | { kind: "query"; path: string }
  | { kind: Tool };

/** A tool has no thing of its own: there is one of each. */
export type Tool = "requests" | "inspect" | "pkce" | "about";

class Selection {
  place = $state.raw<Place | null>(read<Place | null>("place", null));
  /** Whether what there is was asked for, and something of it chosen. */
  settled = $state(false);
  /** The place whose name is being given, right after it was made. */
  naming = $state.raw<Place | null>(null);

  /** The place whose first field waits to be filled in, right after it was made. */
  filling = $state.raw<Place | null>(null);

  /** The place whose endpoints are to be looked at. */
  fixing = $state.raw<Place | null>(null);

  /** The list does not know the place yet: it was made a moment ago. */
  #unlisted = false;

  go(place: Place): void {
    this.place = place;
    this.#unlisted = !exists(place);
    this.naming = null;
    this.filling = null;
    this.fixing = null;
    write("place", place);
  }

  /** Goes to something new, with its name ready to be typed over. */
  goAndName(place: Place): void {
    this.go(place);
    this.naming = place;
  }

  /** Goes to something new that can do nothing before its first field says something. */
  goAndFill(place: Place): void {
    this.go(place);
    this.filling = place;
  }

  /** Goes to a connection that points where it should not, with its endpoints in sight. */
  goAndFix(place: Place): void {
    this.go(place);
    this.fixing = place;
  }

  /** Something else where what was chosen is gone, the first connection at the first start. */
  settle(): void {
    this.settled = true;
    if (overview.data === null) return;
    if (this.place && exists(this.place)) this.#unlisted = false;
    else if (!this.place || !this.#unlisted) this.#fallBack();
  }

  #fallBack(): void {
    const first =
      overview.connections.find(({ environment }) => environment === "local") ?? overview.connections[0];
    if (first) this.go({ kind: "connection", slug: first.slug });
    else this.place = null;
  }

  is(place: Place): boolean {
    return this.place !== null && same(this.place, place);
  }
}

export function same(a: Place, b: Place): boolean {
  return key(a) === key(b);
}

/** A place as one word, for lists and maps. */
export function key(place: Place): string {
  if (place.kind === "connection") return `connection:${place.slug}`;
  if (place.kind === "session") return `session:${place.id}`;
  return place.kind === "query" ? `query:${place.path}` : place.kind;
}

function exists(place: Place): boolean {
  if (place.kind === "connection") return overview.connection(place.slug) !== undefined;
  if (place.kind === "session") return overview.session(place.id) !== undefined || !overview.listsSessions;
  if (place.kind === "query") return overview.queries.some((query) => query.path === place.path);
  return true;
}

export const selection = new Selection();
