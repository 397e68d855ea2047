import { nodeProblem } from "../../provider/nodeVersion.js";
import { asProgramError } from "./programError.js";

// Throws when the program loads the package, before the program declares or changes anything.
const problem = nodeProblem({ step: "runProgram" });
if (problem) throw asProgramError(problem);
