import { nodeProblem } from "../../provider/nodeVersion.js";
import { programError } from "./programError.js";

// Throws when the program loads the package, before the program declares or changes anything.
const problem = nodeProblem({ step: "run the program" });
if (problem) throw programError(problem);
