import { type OwnedSecret, placesOf, type SecretPlace } from "../pulumi/output.js";
import type { MarkerPlace } from "./markers.js";

/** A name in markers that matches no secret of the stack, or several. */
export interface NameFault {
  name: string;
  /** The ids of the secrets with this name: empty, or several. */
  ids: string[];
  places: MarkerPlace[];
}

/** Another workspace of the stack that has secrets with the missing names. */
export interface Elsewhere extends SecretPlace {
  names: string[];
}

/** A position in a file where a secret is named. */
export interface NamedPlace extends MarkerPlace {
  name: string;
}

export interface FoundIds {
  /** Maps the names in the files to the secrets' ids. */
  ids: Map<string, string>;
  /** The names that match no secret or several, with their prefix. */
  faults: NameFault[];
  elsewhere: Elsewhere[];
}

/** Finds the secrets of one workspace by name, adding `prefix` to the names in the files. */
export function findIds(
  places: NamedPlace[],
  { owned, place, prefix }: { owned: OwnedSecret[]; place: SecretPlace; prefix: string },
): FoundIds {
  const idsIn = ({ provider, workspace }: SecretPlace, name: string) =>
    owned
      .filter((secret) => secret.provider === provider && secret.workspace === workspace && secret.name === name)
      .map(({ id }) => id);
  const found: FoundIds = { ids: new Map(), faults: [], elsewhere: [] };
  for (const [given, of] of Map.groupBy(places, ({ name }) => name)) {
    const name = prefix + given;
    const ids = idsIn(place, name);
    const [id] = ids;
    if (id !== undefined && ids.length === 1) found.ids.set(given, id);
    else found.faults.push({ name, ids, places: of.map(({ file, place }) => ({ file, place })) });
  }
  const missing = found.faults.filter(({ ids }) => ids.length === 0).map(({ name }) => name);
  for (const other of placesOf(owned)) {
    const names = missing.filter((name) => idsIn(other, name).length > 0);
    if (names.length > 0) found.elsewhere.push({ ...other, names });
  }
  return found;
}
