import { testEveryFault } from "./everyFault";
import { CHANGES } from "./scenarios";

testEveryFault("each fault in each call of a change", CHANGES);
