// Only the part of cliui that is used here: the package has no types of its own.
declare module "cliui" {
  interface Column {
    text: string;
    /** Includes the padding. */
    width: number;
    /** Top, right, bottom, left. */
    padding: [number, number, number, number];
  }
  export default function cliui(options: { width: number; wrap: boolean }): {
    div(...columns: Column[]): void;
    toString(): string;
  };
}
