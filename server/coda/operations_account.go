package coda

// accountOperations are the operations of the account.
var accountOperations = []entry{
	{id: "whoami", call: "GET /whoami", class: "account person read reading",
		query: "includeUserOrg:bool",
		about: "says whose token this is and whether it is restricted"},
	{id: "resolveBrowserLink", call: "GET /resolveBrowserLink", class: "account person read reading",
		query: "url! degradeGracefully:bool",
		about: "says what a link from the browser points to"},
	{id: "getMutationStatus", call: "GET /mutationStatus/{requestId}", class: "account person read reading",
		about: "says whether an accepted write has been applied"},
}
