package coda

import "unsafe"

// Page is one answer of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// NextPageToken asks for the rest; empty at the end.
	NextPageToken string `json:"nextPageToken"`
	// NextSyncToken asks ListRows later for what changed since.
	NextSyncToken string `json:"nextSyncToken"`
	// Stale is set when fresh rows were asked for and Coda only had a
	// snapshot that some pending change has not reached.
	Stale bool `json:"-"`

	release func()
}

// Release says that the items are not needed any more, so that other calls may
// read as much; see WithHold. Without it they count until the work is done.
func (p *Page[T]) Release() {
	if p.release != nil {
		p.release()
		p.release = nil
	}
}

func (p *Page[T]) keep(release func()) { p.release = release }

// sizes counts an item twice, for the growth of the list.
func (p *Page[T]) sizes() (item int64, flat bool) {
	var one T
	_, flat = any(one).(Row)
	return 2 * int64(unsafe.Sizeof(one)), flat
}

// ListOptions page through a list. With a PageToken, Limit is not sent: Coda
// ignores everything else then.
type ListOptions struct {
	Limit     int
	PageToken string
}

// User is who the token belongs to.
type User struct {
	Name        string    `json:"name"`
	LoginID     string    `json:"loginId"` // an e-mail address
	TokenName   string    `json:"tokenName"`
	Scoped      bool      `json:"scoped"` // the token is restricted, not said how
	PictureLink string    `json:"pictureLink"`
	Workspace   Reference `json:"workspace"`
}

// Reference points to another thing: a workspace, folder, page, table, column.
type Reference struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	Name        string `json:"name"`
	TableType   string `json:"tableType"`
	BrowserLink string `json:"browserLink"`
	Href        string `json:"href"`
}

// Doc is a document. Times are RFC 3339 text as Coda sent it.
type Doc struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	BrowserLink string     `json:"browserLink"`
	Href        string     `json:"href"`
	Owner       string     `json:"owner"` // an e-mail address
	OwnerName   string     `json:"ownerName"`
	CreatedAt   string     `json:"createdAt"`
	UpdatedAt   string     `json:"updatedAt"`
	DocSize     *DocSize   `json:"docSize"` // nil when Coda left it out
	SourceDoc   *Reference `json:"sourceDoc"`
	Folder      Reference  `json:"folder"`
	Workspace   Reference  `json:"workspace"`
	WorkspaceID string     `json:"workspaceId"`
	FolderID    string     `json:"folderId"`
}

// DocSize counts what a doc holds.
type DocSize struct {
	TotalRowCount     float64 `json:"totalRowCount"`
	TableAndViewCount float64 `json:"tableAndViewCount"`
	PageCount         float64 `json:"pageCount"`
	// OverAPISizeLimit docs (125 MB) cannot be read through the API.
	OverAPISizeLimit bool `json:"overApiSizeLimit"`
}

// Person is somebody named in a doc.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Icon is the picture of a doc or page; without a name there is none.
type Icon struct {
	Name string `json:"name"`
}

// DocPage is a page of a doc.
type DocPage struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Subtitle    string `json:"subtitle"`
	BrowserLink string `json:"browserLink"`
	Href        string `json:"href"`
	// ContentType is canvas, embed, syncPage, table, or a newer kind. Only
	// canvas pages can be exported.
	ContentType         string      `json:"contentType"`
	IsHidden            bool        `json:"isHidden"`
	IsEffectivelyHidden bool        `json:"isEffectivelyHidden"` // it or a page above it is hidden
	Parent              *Reference  `json:"parent"`              // nil at the top
	Children            []Reference `json:"children"`
	Icon                Icon        `json:"icon"`
	Authors             []Person    `json:"authors"`
	CreatedAt           string      `json:"createdAt"`
	CreatedBy           *Person     `json:"createdBy"`
	UpdatedAt           string      `json:"updatedAt"`
	UpdatedBy           *Person     `json:"updatedBy"`
}

// Table is a table or a view. ListTables fills only the fields of a
// reference: ID, Name, TableType, BrowserLink, Href, Parent.
type Table struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	TableType     string     `json:"tableType"` // table, view, or a newer kind
	BrowserLink   string     `json:"browserLink"`
	Href          string     `json:"href"`
	Parent        *Reference `json:"parent"`      // the page it stands on
	ParentTable   *Reference `json:"parentTable"` // of a view
	DisplayColumn Reference  `json:"displayColumn"`
	RowCount      int        `json:"rowCount"`
	Layout        string     `json:"layout"`
	Sorts         []Sort     `json:"sorts"`
	CreatedAt     string     `json:"createdAt"`
	UpdatedAt     string     `json:"updatedAt"`
}

// Sort is one sort order of a table.
type Sort struct {
	Column    Reference `json:"column"`
	Direction string    `json:"direction"`
}

// Column describes a column. Its format is a hint: the service is at times
// wrong about type and isArray.
type Column struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Href         string       `json:"href"`
	Display      bool         `json:"display"`
	Calculated   bool         `json:"calculated"` // cannot be written
	Formula      string       `json:"formula"`
	DefaultValue string       `json:"defaultValue"`
	Format       ColumnFormat `json:"format"`
}

// ColumnFormat is how a column's values are meant. Which fields are set
// depends on Type.
type ColumnFormat struct {
	Type         string         `json:"type"`
	IsArray      bool           `json:"isArray"`
	Options      []SelectOption `json:"options"` // select
	Table        *Reference     `json:"table"`   // lookup
	CurrencyCode string         `json:"currencyCode"`
	Precision    *int           `json:"precision"`
	Format       string         `json:"format"` // date
	DateFormat   string         `json:"dateFormat"`
	TimeFormat   string         `json:"timeFormat"`
	Minimum      any            `json:"minimum"` // a number, or a formula as text
	Maximum      any            `json:"maximum"`
	Step         any            `json:"step"`
	Label        string         `json:"label"` // button
	Action       string         `json:"action"`
}

// SelectOption is a choice of a select column.
type SelectOption struct {
	Name string `json:"name"`
}

// Row is a row of a table.
type Row struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"` // the display column's value
	BrowserLink string     `json:"browserLink"`
	CreatedAt   string     `json:"createdAt"`
	UpdatedAt   string     `json:"updatedAt"`
	Values      Cells      `json:"values"`
	Parent      *Reference `json:"parent"` // its table, in GetRow only
}

// Line is one line of a page's plain content.
type Line struct {
	ID string // an element id, "cl-…"
	// Style is h1, h2, h3, paragraph, bulletedList, numberedList,
	// checkboxList, blockQuote, pullQuote, code, collapsibleList, or newer.
	Style string
	Text  string
	Level int // nesting, from 0
}

// Mutation is an accepted write. It is queued, not done: see WaitMutation.
type Mutation struct {
	RequestID string `json:"requestId"`
	// ID is the row or page that was written, where there is just one.
	ID string `json:"id"`
}
