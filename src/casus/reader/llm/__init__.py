"""The second reader's own stage: what a language model is asked, and what of its answer stands in the text.

`prompt` writes the question, `answer` reads the reply, `verify` holds it against the text, `doubt` says which sentences
are worth asking about. Nothing here speaks to anybody: `casus.endpoint` does.
"""
