"""The domain: what is kept, who may see it, how it is stored and analysed."""
