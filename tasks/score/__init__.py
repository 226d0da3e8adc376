"""From network inputs to image, breast and exam scores."""
