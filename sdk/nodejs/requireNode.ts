import { nodeProblem } from "../../provider/nodeVersion.js";
import { asProgramError } from "./programError.js";

// Throws when the program loads the package, so before it declares or changes anything.
const problem = nodeProblem({ step: "runProgram" });
if (problem) throw asProgramError(problem);
