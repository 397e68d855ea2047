import { testEveryFault } from "./everyFault";
import { CREATES } from "./scenarios";

testEveryFault("each fault in each call of a create", CREATES);
