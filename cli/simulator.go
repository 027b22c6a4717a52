package cli

import (
	"encoding/json"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// newSimulatorCommand returns the command that serves a simulated Basecamp.
// It prints one line of JSON when it is ready and runs until it is
// interrupted.
func newSimulatorCommand() *cobra.Command {
	var listen, publicURL, size, limit string
	var latency time.Duration
	var faults []string
	var oauth21, rotate bool
	c := &cobra.Command{
		Use:   "simulator",
		Short: "Serve a simulated Basecamp on a loopback port",
		Long: `Serve a simulated Basecamp, Launchpad and sample accounts included, on a loopback
port. When it is ready it prints one line of JSON with the address of Launchpad,
an access token and the accounts. Another process uses it with

  BASECAMPFS_LAUNCHPAD_URL=URL BASECAMPFS_TOKEN=TOKEN basecampfs mount DIR

A fault makes chosen requests fail. ` + simulator.FaultGrammar,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := simulator.Options{PublicURL: publicURL, Latency: latency, OAuth21: oauth21, RotateRefresh: rotate}
			var err error
			if o.Size, err = product.ParseSize(size); err != nil {
				return err
			}
			if o.RateLimit, err = simulator.ParseRateLimit(limit); err != nil {
				return err
			}
			for _, spec := range faults {
				f, err := simulator.ParseFaults(spec)
				if err != nil {
					return err
				}
				o.Faults = append(o.Faults, f...)
			}
			s, err := simulator.New(o)
			if err != nil {
				return err
			}
			if err := s.Start(listen); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetEscapeHTML(false)
			if err := out.Encode(struct {
				Launchpad string              `json:"launchpad"`
				Token     string              `json:"token"`
				Accounts  []simulator.Account `json:"accounts"`
			}{s.URL(), s.Token(), s.Accounts()}); err != nil {
				s.Close()
				return err
			}
			return s.Wait(ctx)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 takes a free one")
	f.StringVar(&publicURL, "public-url", "", "`origin` in every URL that is handed out (default: where it listens)")
	f.StringVar(&size, "size", "small", "sample data: small, or projects x lists x to-dos such as `200x10x25`")
	f.DurationVar(&latency, "latency", 0, "wait before every answer of an API")
	f.StringVar(&limit, "rate-limit", "off", "requests per `time` such as 50/10s, or off")
	f.StringArrayVar(&faults, "fault", nil, "make chosen requests fail, see above; may be repeated: `spec`")
	f.BoolVar(&oauth21, "oauth21", false, "offer OAuth 2.1 discovery and the device flow")
	f.BoolVar(&rotate, "rotate-refresh", false, "end each refresh token with its first use")
	return c
}
