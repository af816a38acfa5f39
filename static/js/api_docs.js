// Reads the description of the API and lays it out; nothing is asked of another origin.
const place = document.getElementById("api");

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  // Closed until asked: of an open list the reader draws only what is in sight, and hides the other resources below it.
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
});
