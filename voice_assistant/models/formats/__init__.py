"""Read and write the file formats that weights come in."""
