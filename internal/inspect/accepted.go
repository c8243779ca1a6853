package inspect

import (
	"context"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// noCookie is one that no plugin knows.
var noCookie = Cookie{Key: "GOPLUGIN_INSPECT", Value: "no cookie"}

// askCookie fills in which of several cookies the plugin knows: it is started with fewer and fewer of them.
func (p *Plugin) askCookie(ctx context.Context, r *Report) {
	cookies := p.target.Cookies
	if len(cookies) > 1 {
		starts, known := p.startsWith(ctx, noCookie)
		if starts || !known {
			r.CookieIgnored = starts
			return
		}
	}
	for len(cookies) > 1 {
		half := cookies[:len(cookies)/2]
		starts, known := p.startsWith(ctx, half...)
		switch {
		case !known:
			return
		case starts:
			cookies = half
		default:
			cookies = cookies[len(half):]
		}
	}
	r.Cookie = &cookies[0]
}

// startsWith reports whether the plugin starts with these cookies. It is not known where it fails for another reason.
func (p *Plugin) startsWith(ctx context.Context, cookies ...Cookie) (starts, known bool) {
	err := p.try(ctx, cookies, func(*plugin.ClientConfig) {})
	return err == nil, err == nil || reasonOf(err) == pluginhost.WrongCookie
}
