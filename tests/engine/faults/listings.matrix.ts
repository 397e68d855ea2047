import { testEveryFault } from "./everyFault";
import { LISTINGS } from "./scenarios";

testEveryFault("each fault in a list that many secrets share", LISTINGS);
