// Asked to learn whether the engine answers.
RETURN true AS answers
