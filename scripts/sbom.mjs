import { Buffer } from "node:buffer";

// In a package URL, the `@` of a scope is escaped.
const purl = ({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/**
 * Creates a CycloneDX bill of materials for the bundled packages. It has no timestamp or random id, so that builds are
 * reproducible.
 */
export function sbom({ direct, packages }, manifest, esbuild) {
  const refs = new Map(packages.map((bundled) => [bundled.id, purl(bundled)]));
  const component = ({ name, version, license, ...bundled }) => ({
    type: "library",
    "bom-ref": purl({ name, version }),
    name,
    version,
    licenses: [{ license: { id: license } }],
    purl: purl({ name, version }),
    ...(bundled.integrity && { hashes: hashes(bundled.integrity) }),
    ...(bundled.files && { evidence: { occurrences: bundled.files.map((location) => ({ location })) } }),
  });
  const dependency = (ref, ids) => ({ ref, dependsOn: ids.map((id) => refs.get(id)) });
  const { name, version, license } = manifest;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      tools: { components: [{ type: "application", name: "esbuild", version: esbuild }] },
      component: component({ name, version, license }),
    },
    components: packages.map(component),
    dependencies: [
      dependency(purl(manifest), direct),
      ...packages.map((bundled) => dependency(purl(bundled), bundled.uses)),
    ],
  };
}

/** The hashes of the package's tarball, from the lock file. */
function hashes(integrity) {
  return integrity.split(" ").map((one) => {
    const [, bits, digest] = /^sha(\d+)-(.+)$/.exec(one) ?? [];
    return { alg: `SHA-${bits}`, content: Buffer.from(digest, "base64").toString("hex") };
  });
}
