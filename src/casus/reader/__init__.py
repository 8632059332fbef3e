"""Document -> claims: sentences, encoder, decoding, figures, attribution, anaphora."""
