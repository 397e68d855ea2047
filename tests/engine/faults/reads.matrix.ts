import { testEveryFault } from "./everyFault";
import { READS } from "./scenarios";

testEveryFault("each fault in each call of a read", READS);
